/** The options of the field `idempotencyKey` in the input of every mutation that creates something; see `once`. */
export const onceKey = {
  nullable: true,
  description:
    'Of your choice, 8 to 100 characters. The same key with the same input creates nothing and returns the first result; with another input it is refused. Secrets and links are returned the first time only.',
} as const;
