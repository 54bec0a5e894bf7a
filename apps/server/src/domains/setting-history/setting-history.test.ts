import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person, type Reply } from '../../testing/world.ts';

const ERRORS = 'userErrors { __typename ... on UserError { code field message } }';
const VERSIONS = `query ($kind: SettingKind, $settingId: ID, $first: Int, $after: String) {
  settingVersions(kind: $kind, settingId: $settingId, first: $first, after: $after) {
    edges { node { id kind settingId version newest deleted savedAt savedBy { id } state stateBefore } } pageInfo { hasNextPage endCursor }
  }
}`;
const RESTORE = `mutation ($input: SettingRestoreInput!) { settingRestore(input: $input) { settingVersion { version state } leftOut ${ERRORS} } }`;

let world: World;
let admin: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
});
afterAll(() => world.close());

interface Version {
  readonly id: string;
  readonly kind: string;
  readonly settingId: string;
  readonly version: number;
  readonly newest: number;
  readonly deleted: boolean;
  readonly savedAt: string | null;
  readonly savedBy: { readonly id: string } | null;
  readonly state: string;
  readonly stateBefore: string | null;
}

const english = (text: string) => [{ locale: 'en', text }];

async function save(mutation: string, input: object, select = ''): Promise<Reply['data']> {
  const type = mutation.charAt(0).toUpperCase() + mutation.slice(1);
  const answer = (await admin.run(`mutation ($input: ${type}Input!) { ${mutation}(input: $input) { ${select} ${ERRORS} } }`, { input }))[
    mutation
  ] as Reply['data'];
  expect(answer.userErrors, mutation).toEqual([]);
  return answer;
}

async function versions(variables: object, person = admin): Promise<Version[]> {
  return (await person.run(VERSIONS, variables)).settingVersions.edges.map(({ node }: { node: Version }) => node);
}

const restore = async (id: string, newest: number, person = admin) =>
  (await person.run(RESTORE, { input: { id, newest } })).settingRestore as Reply['data'];
const says = ({ state }: { readonly state: string }) => JSON.parse(state) as Record<string, unknown>;

const week = Array.from({ length: 7 }, (_, day) => (day < 5 ? [{ from: 540, to: 1080 }] : []));
const policy = (amount: number) => ({
  name: 'Premium',
  conditions: { topicIds: [crypto.randomUUID()] },
  targets: [{ metric: 'RESOLUTION', priority: 'HIGH', amount, unit: 'HOURS' }],
  warning: { share: 0.75, beforeMinutes: 15 },
});
const lifecycle = { reopenDays: 14 };

/** How one of each kind is made, changed and deleted. */
const kinds: Readonly<
  Record<
    string,
    {
      readonly make: () => Promise<string>;
      readonly change: (id: string, version: number) => Promise<unknown>;
      readonly remove?: (id: string) => Promise<unknown>;
    }
  >
> = {
  TOPIC: {
    make: async () => (await save('topicCreate', { names: english('Printers') }, 'topic { id }')).topic.id,
    change: (topicId, version) => save('topicEdit', { topicId, version, names: english('Screens') }),
    remove: (topicId) => save('topicDelete', { topicId }),
  },
  STATUS: {
    make: async () =>
      (
        await save(
          'statusCreate',
          { names: english('At the bench'), color: 'teal', category: 'WAITING', waitingOn: 'VENDOR' },
          'status { id }',
        )
      ).status.id,
    change: (statusId, version) => save('statusEdit', { statusId, version, names: english('x'), color: 'pink', requiresAssignee: true }),
    remove: (statusId) => save('statusDelete', { statusId }),
  },
  FIELD: {
    make: async () =>
      (
        await save(
          'fieldCreate',
          {
            idempotencyKey: crypto.randomUUID(),
            key: 'size',
            type: 'SELECT',
            names: english('Size'),
            options: [{ id: crypto.randomUUID(), names: english('Big') }],
          },
          'field { id }',
        )
      ).field.id,
    change: (fieldId, version) => save('fieldEdit', { fieldId, version, names: english('x'), options: [{ names: english('Small') }] }),
    remove: (fieldId) => save('fieldRemove', { fieldId }),
  },
  TEMPLATE: {
    make: async () =>
      (await save('templateCreate', { name: 'Return', subject: 'Return of', checklist: ['Ask for photos'] }, 'template { id }')).template
        .id,
    change: (templateId, version) => save('templateEdit', { templateId, version, name: 'x', subject: 'y' }),
    remove: (templateId) => save('templateDelete', { templateId }),
  },
  SKILL_GROUP: {
    make: async () => (await save('skillGroupCreate', { name: 'Refunds', memberIds: [admin.id] }, 'skillGroup { id }')).skillGroup.id,
    change: (skillGroupId, version) => save('skillGroupEdit', { skillGroupId, version, name: 'Refunds', memberIds: [] }),
    remove: (skillGroupId) => save('skillGroupDelete', { skillGroupId }),
  },
  TEAM: {
    make: async () => (await save('teamCreate', { name: 'Returns' }, 'team { id }')).team.id,
    change: (teamId, version) => save('teamSetReopening', { teamId, version, toQueue: true }),
    remove: (teamId) => save('teamDelete', { teamId }),
  },
  ROLE: {
    make: async () => (await save('roleCreate', { name: 'Reader', permissions: ['people.read'] }, 'role { id }')).role.id,
    change: (roleId, version) => save('roleEdit', { roleId, version, name: 'Writer', permissions: ['people.read', 'ticket.create'] }),
    remove: (roleId) => save('roleDelete', { roleId }),
  },
  SLA_CALENDAR: {
    make: async () =>
      (await save('slaCalendarSave', { name: 'Kyiv', timeZone: 'Europe/Kyiv', week, holidays: [] }, 'calendar { id }')).calendar.id,
    change: (id, version) => save('slaCalendarSave', { id, version, name: 'Lviv', timeZone: 'Europe/Kyiv', week, holidays: [] }),
    remove: (id) => save('slaCalendarDelete', { id }),
  },
  SLA_POLICY: {
    make: async () => (await save('slaPolicySave', policy(4), 'policy { id }')).policy.id,
    change: (id, version) => save('slaPolicySave', { ...policy(2), id, version }),
  },
  TAG: {
    make: async () => {
      await world.sql(`insert into tag (workspace_id, id, name) values (?, gen_random_uuid(), 'urgent')`, [world.workspaceId]);
      const { tags } = await admin.run('{ tags { id name version } }');
      const { id } = tags.find(({ name }: { name: string }) => name === 'urgent');
      await save('tagRename', { tagId: id, version: 1, name: 'soon' });
      return id;
    },
    change: (tagId, version) => save('tagRename', { tagId, version, name: 'at once' }),
    remove: (tagId) => save('tagDelete', { tagId }),
  },
  PRIORITIES: {
    make: async () => {
      await save('prioritiesName', { version: 1, names: [{ priority: 'LOW', names: english('Whenever') }] });
      return world.workspaceId;
    },
    change: (_, version) => save('prioritiesName', { version, names: [] }),
  },
  LIFECYCLE: {
    make: async () => {
      await save('lifecycleSave', { ...lifecycle, closeAfterDays: 5, lifecycleVersion: 1 });
      return world.workspaceId;
    },
    change: (_, lifecycleVersion) => save('lifecycleSave', { ...lifecycle, reopenDays: 3, lifecycleVersion }),
  },
};

describe.each(Object.entries(kinds))('%s', (kind, { make, change }) => {
  it('keeps each version, who saved it and what it said, and is as an earlier one has it when that is restored', async () => {
    const settingId = await make();
    const [made] = await versions({ kind, settingId });
    await change(settingId, made!.version);

    const [changed, kept] = await versions({ kind, settingId });
    expect(kept).toEqual({ ...made, newest: made!.version + 1 });
    expect(changed).toMatchObject({ kind, settingId, version: made!.version + 1, deleted: false, savedBy: { id: admin.id } });
    expect(says(changed!)).not.toEqual(says(made!));
    expect(changed!.stateBefore).toBe(made!.state);

    // Somebody saved since: what they did is looked at first.
    expect((await restore(kept!.id, made!.version)).userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT' }]);
    const { settingVersion, leftOut } = await restore(kept!.id, changed!.version);
    expect(settingVersion.version).toBe(changed!.version + 1);
    expect(says(settingVersion)).toEqual(says(made!));
    expect(leftOut).toEqual([]);
    await change(settingId, settingVersion.version);
  });
});

const deletable = Object.entries(kinds).flatMap(([kind, { remove }]) => (remove ? [{ kind, remove }] : []));

it.each(deletable)('$kind comes back as it was after it was deleted, under the id that it had', async ({ kind, remove }) => {
  const [{ settingId, state, version }] = (await versions({ kind })) as [Version];
  await remove(settingId);

  const [gone] = await versions({ kind, settingId });
  expect(gone).toMatchObject({ deleted: true, version: version + 1, state });
  const back = await restore(gone!.id, gone!.version);
  expect(says(back.settingVersion)).toEqual(JSON.parse(state));
  // Its history continues.
  const oldest = (await versions({ kind, settingId })).at(-1);
  await restore(oldest!.id, version + 2);
  expect(await versions({ kind, settingId, first: 1 })).toMatchObject([{ version: version + 3, deleted: false, state: oldest!.state }]);
});

it('has what stood before the first change, though nobody saved it', async () => {
  const versionsOf = await versions({ kind: 'PRIORITIES' });

  expect(versionsOf.at(-1)).toMatchObject({ version: 1, savedAt: null, savedBy: null, state: '{"names":[]}' });
});

it('leaves out what is gone by now, and says so', async () => {
  const [topicId, watcher] = [await world.topic('Gone'), await world.person('AGENT')];
  const { template } = await save('templateCreate', { name: 'Old', subject: 's', topicId, watcherIds: [watcher.id] }, 'template { id }');
  await save('templateEdit', { templateId: template.id, version: 1, name: 'Old', subject: 't' });
  await save('topicDelete', { topicId });
  const [, first] = await versions({ kind: 'TEMPLATE', settingId: template.id });

  const { settingVersion, leftOut } = await restore(first!.id, 2);

  expect(leftOut).toEqual(['topicId']);
  expect(says(settingVersion)).toMatchObject({ subject: 's', topicId: null, watcherIds: [watcher.id] });
});

it('obeys the rules of the page: a name that somebody took, a role that its restorer may not give', async () => {
  const { team } = await save('teamCreate', { name: 'Night' }, 'team { id }');
  await save('teamRename', { teamId: team.id, version: 1, name: 'Day' });
  await save('teamCreate', { name: 'Night' });
  const [, night] = await versions({ kind: 'TEAM', settingId: team.id });
  expect((await restore(night!.id, 2)).userErrors).toMatchObject([{ code: 'NAME_TAKEN' }]);
  expect(await versions({ kind: 'TEAM', settingId: team.id })).toHaveLength(2);

  const { role } = await save('roleCreate', { name: 'Keys', permissions: ['settings.save', 'people.read'] }, 'role { id }');
  const keeper = await world.person('AGENT');
  await world.sql(`update member set role = 'CUSTOM', custom_role_id = ? where id = ?`, [role.id, keeper.id]);
  expect((await restore(night!.id, 2, keeper)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
});

it('is for those who save settings, and what is of people for those who see people', async () => {
  const agent = await world.person('AGENT');
  const { role } = await save('roleCreate', { name: 'Settings alone', permissions: ['settings.save'] }, 'role { id }');
  const keeper = await world.person('AGENT');
  await world.sql(`update member set role = 'CUSTOM', custom_role_id = ? where id = ?`, [role.id, keeper.id]);
  const [ofTeam] = await versions({ kind: 'TEAM' });

  const refused = await agent.ask(VERSIONS, {});
  expect(refused.errors).toMatchObject([{ extensions: { code: 'NOT_PERMITTED' } }]);
  expect(new Set((await versions({}, keeper)).map(({ kind }) => kind))).not.toContain('TEAM');
  expect(await versions({ kind: 'ROLE' }, keeper)).toEqual([]);
  expect((await restore(ofTeam!.id, ofTeam!.newest, keeper)).userErrors).toMatchObject([{ code: 'SETTING_NOT_FOUND' }]);
  expect((await restore(crypto.randomUUID(), 1)).userErrors).toMatchObject([{ code: 'SETTING_NOT_FOUND' }]);
});

it('is read page by page, and never changed', async () => {
  const { settingVersions } = await admin.run(VERSIONS, { first: 2 });
  const after = settingVersions.pageInfo.endCursor as string;

  expect(settingVersions.pageInfo.hasNextPage).toBe(true);
  const [next] = await versions({ first: 1, after });
  expect(next!.id < after).toBe(true);
  expect((await admin.ask(VERSIONS, { after: 'x' })).errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
  await expect(world.sql('update setting_version set deleted = true')).rejects.toThrow('never changed');
});

it('lets one of many who rename a team at once through, and tells the others', async () => {
  const { team } = await save('teamCreate', { name: 'Rush' }, 'team { id }');
  const rename = (name: string) =>
    admin.run('mutation ($i: TeamRenameInput!) { teamRename(input: $i) { userErrors { ... on UserError { code } } } }', {
      i: { teamId: team.id, version: 1, name },
    });

  const answers = await Promise.all(['One', 'Two', 'Three', 'Four'].map(rename));

  const refused = answers.flatMap(({ teamRename }) => teamRename.userErrors.map(({ code }: { code: string }) => code));
  expect(refused).toEqual(['SETTINGS_CONFLICT', 'SETTINGS_CONFLICT', 'SETTINGS_CONFLICT']);
  expect(await versions({ kind: 'TEAM', settingId: team.id })).toHaveLength(2);
});

it('refuses the second of two who rename a team or a tag, or name the priorities', async () => {
  const refused = async (mutation: string, input: object) => {
    const type = mutation.charAt(0).toUpperCase() + mutation.slice(1);
    const errors = `userErrors { ... on UserError { code } ... on SettingsConflict { version } }`;
    return (await admin.run(`mutation ($input: ${type}Input!) { ${mutation}(input: $input) { ${errors} } }`, { input }))[mutation]
      .userErrors;
  };
  const [ofTeam] = await versions({ kind: 'TEAM' });
  const [ofTag] = await versions({ kind: 'TAG' });
  const conflict = [{ code: 'SETTINGS_CONFLICT', version: expect.any(Number) }];

  expect(await refused('teamRename', { teamId: ofTeam!.settingId, version: 999, name: 'x' })).toEqual(conflict);
  expect(await refused('tagRename', { tagId: ofTag!.settingId, version: 999, name: 'x' })).toEqual(conflict);
  expect(await refused('prioritiesName', { version: 999, names: [] })).toEqual(conflict);
  // A program that does not say what it opened writes over whatever stands.
  expect(await refused('tagRename', { tagId: ofTag!.settingId, name: 'whatever' })).toEqual([]);
});
