import { DomainError, InvalidInput } from '../../kernel/domain-error.ts';
import { formatBytes } from '../../kernel/text.ts';
import type { Scope } from '../../platform/scope.ts';

/** The files of the workspace take up what they may. */
export class FileQuotaExceeded extends DomainError {
  readonly code = 'FILE_QUOTA_EXCEEDED';
  constructor(
    readonly usedBytes: number,
    readonly limitBytes: number,
  ) {
    super(
      `The files of this workspace use ${formatBytes(usedBytes)} of ${formatBytes(limitBytes)}; this file does not fit. Remove files, or ask the operator of the server to raise FILE_STORAGE_MB.`,
      'file',
    );
  }
}

/** Throws where `bytes` more do not fit into the workspace. `limitBytes` 0 = no limit. */
export async function requireSpace({ em, workspaceId, viewer }: Scope, limitBytes: number, bytes: number): Promise<void> {
  if (limitBytes === 0) return;
  const [row]: { used: string }[] = await em.execute('select coalesce(sum(size), 0) as used from attachment where workspace_id = ?', [
    workspaceId,
  ]);
  const used = Number(row?.used);
  if (used + bytes <= limitBytes) return;
  // How much a workspace stores is not for its customers.
  if (viewer.kind === 'CLIENT') throw new InvalidInput('Files cannot be added now. Send your message without them.', 'file');
  throw new FileQuotaExceeded(used, limitBytes);
}

/** Until the transaction ends, no other file is added to the workspace: parallel uploads do not exceed the limit together. */
export async function lockQuota({ em, workspaceId }: Scope): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`file quota ${workspaceId}`]);
}
