import type { CustomFieldFragment } from '#lib/graphql/generated/graphql.ts';
import { fullTime, localized, t } from '#lib/i18n/index.ts';

/** Values of a field of the workspace's own in words; '' for none. */
export function fieldText(
  { type, options }: Pick<CustomFieldFragment, 'type' | 'options'>,
  values: readonly string[],
  members: readonly { readonly id: string; readonly name: string }[],
): string {
  return values
    .map((value) => {
      if (type === 'SELECT' || type === 'MULTI_SELECT') return localized(options.find(({ id }) => id === value)?.names ?? []);
      if (type === 'MEMBER') return members.find(({ id }) => id === value)?.name ?? '';
      if (type === 'CHECKBOX') return t(value === 'true' ? 'field.yes' : 'field.no');
      return type === 'DATE_TIME' ? fullTime(value) : value;
    })
    .join(', ');
}
