import DataLoader from 'dataloader';

/**
 * Answers many who ask the same kind of thing by few round trips: whoever asks while one is under way is answered by the
 * next. Nobody gets what was read before they asked, and nothing is kept. `read` answers in the order of its keys, each
 * of which it gets once.
 */
export function joined<K, V>(read: (keys: readonly K[]) => Promise<readonly V[]>): (key: K) => Promise<V> {
  let isUnderWay = false;
  let next: (() => void) | null = null;
  const loader = new DataLoader<K, V>(
    async (asked) => {
      isUnderWay = true;
      try {
        const keys = [...new Set(asked)];
        const answers = new Map((await read(keys)).map((answer, index) => [keys[index], answer]));
        return asked.map((key) => answers.get(key) as V);
      } finally {
        isUnderWay = false;
        const go = next;
        next = null;
        go?.();
      }
    },
    {
      cache: false,
      batchScheduleFn(go) {
        if (isUnderWay) next = go;
        else setImmediate(go);
      },
    },
  );
  return (key) => loader.load(key);
}
