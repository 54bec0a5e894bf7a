import { defineEntity, p } from '@mikro-orm/core';
import { AssignmentScope, type Permission } from '../../kernel/viewer.ts';

const AccountSchema = defineEntity({
  name: 'Account',
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    /** Null for an account that signs in through another service only. */
    passwordHash: p.text().hidden().strictNullable(),
    totpSecret: p.text().hidden().strictNullable(),
    /** Null while no second factor is asked for. */
    totpConfirmedAt: p.datetime().strictNullable(),
    /** The last thirty seconds whose code was used: no code works twice. */
    totpLastStep: p.bigint('number').hidden().strictNullable(),
    /**
     * When the holder last proved that they receive email at the address, or that another service verified it. Null while
     * only a member who was shown a link vouches for them: such an account accepts an invitation with its link alone.
     */
    addressProvenAt: p.datetime().strictNullable(),
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
  CUSTOM: 'CUSTOM',
} as const;
export type Role = (typeof Role)[keyof typeof Role];

export const MemberKind = { PERSON: 'PERSON', MACHINE: 'MACHINE' } as const;
export type MemberKind = (typeof MemberKind)[keyof typeof MemberKind];

const CustomRoleSchema = defineEntity({
  name: 'CustomRole',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    permissions: p.array<Permission>().columnType('text[]'),
    version: p.integer(),
  },
});

/** A role of a workspace's own, made of the same permissions as the built-in ones. */
export class CustomRole extends CustomRoleSchema.class {}
CustomRoleSchema.setClass(CustomRole);

const MemberSchema = defineEntity({
  name: 'Member',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** Null for a machine, which has tokens alone, and for a person until they accept their invitation. */
    accountId: p.uuid().strictNullable(),
    kind: p.enum(() => MemberKind).columnType('text'),
    name: p.text(),
    email: p.text(),
    role: p.enum(() => Role).columnType('text'),
    /** Which one, when the role is CUSTOM. */
    customRoleId: p.uuid().strictNullable(),
    allTeams: p.boolean(),
    /** The topics whose tickets they can read, with the topics under them; none = every topic. */
    topicIds: p.array().columnType('uuid[]'),
    assignmentScope: p.enum(() => AssignmentScope).columnType('text'),
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
    /** Whether a ticket that its client opens again goes to the queue, and not to whom it was assigned. */
    reopenToQueue: p.boolean().default(false),
    /** Business hours that override those of SLA policies; null = those of the policy. */
    calendarId: p.uuid().strictNullable().default(null),
    version: p.integer().default(1),
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
