/** Why a row cannot be imported, in words for the person who has the file. */
export class RowFault extends Error {}
