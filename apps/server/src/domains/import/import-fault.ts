/** Why a file cannot be imported at all. Thrown before anything is written. */
export class ImportFault extends Error {}
