import { defineEntity, p } from '@mikro-orm/core';

const AccountSchema = defineEntity({
  name: 'Account',
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    passwordHash: p.text().hidden(),
    createdAt: p.datetime(),
  },
});

/** How a person signs in, whichever workspaces they are a member of. */
export class Account extends AccountSchema.class {}
AccountSchema.setClass(Account);

export const Role = {
  OWNER: 'OWNER',
  ADMIN: 'ADMIN',
  SUPERVISOR: 'SUPERVISOR',
  AGENT: 'AGENT',
  LIGHT_AGENT: 'LIGHT_AGENT',
  GUEST: 'GUEST',
} as const;
export type Role = (typeof Role)[keyof typeof Role];

const MemberSchema = defineEntity({
  name: 'Member',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    accountId: p.uuid(),
    name: p.text(),
    email: p.text(),
    role: p.enum(() => Role).columnType('text'),
    allTeams: p.boolean(),
    active: p.boolean(),
    locale: p.text(),
    createdAt: p.datetime(),
  },
});

/** A person in one workspace, with the one role they have there. */
export class Member extends MemberSchema.class {}
MemberSchema.setClass(Member);

const TeamSchema = defineEntity({
  name: 'Team',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
  },
});

/** Routing and visibility scope of people and tickets. */
export class Team extends TeamSchema.class {}
TeamSchema.setClass(Team);

const TeamMemberSchema = defineEntity({
  name: 'TeamMember',
  properties: {
    workspaceId: p.uuid().primary(),
    teamId: p.uuid().primary(),
    memberId: p.uuid().primary(),
  },
});

export class TeamMember extends TeamMemberSchema.class {}
TeamMemberSchema.setClass(TeamMember);
