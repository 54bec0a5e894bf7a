import { createReadStream } from 'node:fs';
import { ImportFault } from './import-fault.ts';

/** How much of a file is looked at where its bytes are no UTF-8. */
const sampleBytes = 1024 * 1024;

/** A label that `TextDecoder` knows. */
export function requireEncoding(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new ImportFault(
      `Unknown encoding: ${label}. Allowed, among others: utf-8, utf-16le, windows-1251, windows-1252, koi8-u, ibm866.`,
    );
  }
}

/** The encoding of a text file by its first bytes and by what its bytes can be. Asks where that does not tell. */
export async function detectEncoding(path: string): Promise<string> {
  const sample = await readSample(path);
  const marked = byMark(sample) ?? byZeros(sample);
  if (marked) return marked;
  const { valid, broken } = await countCharacters(path);
  // A damaged character or two do not make a file of another encoding.
  if (broken === 0 || broken * 10 < valid) return 'utf-8';
  if (isCyrillic(sample)) return 'windows-1251';
  throw new ImportFault(
    'The encoding of the file is not UTF-8 and cannot be detected. Save the file as UTF-8, or name its encoding, such as --encoding windows-1252.',
  );
}

/** The text of a file, piece by piece, and how many bytes each piece took. */
export async function* readText(path: string, encoding: string): AsyncGenerator<{ text: string; bytes: number }> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    yield { text: decoder.decode(chunk, { stream: true }), bytes: chunk.byteLength };
  }
  yield { text: decoder.decode(), bytes: 0 };
}

async function readSample(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: sampleBytes - 1 }) as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function byMark(sample: Buffer): string | null {
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return 'utf-8';
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  return sample[0] === 0xfe && sample[1] === 0xff ? 'utf-16be' : null;
}

/** Each Latin letter, separator and line break of UTF-16 has a byte of zero; a header has little else. */
function byZeros(sample: Buffer): string | null {
  const header = sample.subarray(0, 512);
  const zeros = [0, 0];
  for (const [index, byte] of header.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (Math.max(even, odd) * 4 < header.length) return null;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

async function countCharacters(path: string): Promise<{ valid: number; broken: number }> {
  let [valid, broken] = [0, 0];
  for await (const { text } of readText(path, 'utf-8')) {
    broken += text.match(/\uFFFD/g)?.length ?? 0;
    valid += text.match(/[^\p{ASCII}\uFFFD]/gu)?.length ?? 0;
  }
  return { valid, broken };
}

/** Cyrillic words are runs of letters above ASCII, mostly small ones; accents of other languages are isolated. */
function isCyrillic(sample: Buffer): boolean {
  const text = new TextDecoder('windows-1251').decode(sample);
  const words = text.match(/[\u0400-\u04FF\u0080-\u00FF]+/g) ?? [];
  const cyrillic = words.filter((word) => /^[\u0400-\u04FF]{2,}$/.test(word));
  const letters = cyrillic.join('');
  const small = letters.match(/\p{Ll}/gu)?.length ?? 0;
  return cyrillic.length * 2 > words.length && small * 2 > letters.length;
}
