/** What time it is. Passed in, so that tests and imports can say another. */
export type Clock = () => Date;
