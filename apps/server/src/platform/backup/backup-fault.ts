/** Why a backup or a restore is refused, in words for an administrator. */
export class BackupFault extends Error {}
