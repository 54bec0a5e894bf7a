// For graphql-codegen: the operations of the pages with their fragments, as a list of documents. A server that serves
// nothing else to browsers reads it at start.
import { print, visit } from 'graphql';

export function plugin(_schema, files) {
  const fragments = new Map();
  const operations = [];
  for (const { document } of files) {
    for (const definition of document?.definitions ?? []) {
      if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
      else operations.push(definition);
    }
  }
  const documents = operations.map((operation) => {
    const used = new Map();
    const collect = (node) =>
      visit(node, {
        FragmentSpread({ name }) {
          const fragment = fragments.get(name.value);
          if (!fragment || used.has(name.value)) return;
          used.set(name.value, fragment);
          collect(fragment);
        },
      });
    collect(operation);
    return [operation, ...used.values()].map(print).join('\n');
  });
  return JSON.stringify(documents.sort(), null, 2);
}
