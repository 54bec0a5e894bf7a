import { domainToASCII, domainToUnicode } from 'node:url';
import { InvalidInput } from './domain-error.ts';

const longest = 254;
const longestLocalPart = 64;
const localPart = /^[^\s@<>()[\]\\,;:"]+$/u;
const domain = /^(?!-)[\p{L}\p{M}\p{N}-]+(?<!-)(?:\.(?!-)[\p{L}\p{M}\p{N}-]+(?<!-))*$/u;

/**
 * The address in a text, in the one form in which addresses are stored and compared; null where there is none. Takes what
 * mail programs and web pages give: `Ann <ann@example.org>`, `mailto:ann@example.org?subject=x`, `ann@example.org;`.
 */
export function parseEmailAddress(text: string): string | null {
  const address = unwrap(text.normalize('NFC').trim()).toLowerCase();
  const at = address.lastIndexOf('@');
  const [local, host] = [address.slice(0, at), canonicalDomain(address.slice(at + 1))];
  const hasLocalPart = at > 0 && localPart.test(local) && !/^\.|\.\.|\.$/.test(local) && local.length <= longestLocalPart;
  if (!hasLocalPart || host === null || local.length + 1 + host.length > longest) return null;
  return `${local}@${host}`;
}

export function requireEmailAddress(field: string, text: string): string {
  const address = parseEmailAddress(text);
  if (address !== null) return address;
  const given = text.trim().slice(0, longest);
  throw new InvalidInput(`Invalid email address: ${given}. Write one address, such as name@example.org.`, field);
}

function unwrap(text: string): string {
  const inBrackets = /<([^<>]*)>\s*[;,.]*$/.exec(text)?.[1] ?? text;
  const isLink = /^mailto:/i.test(inBrackets.trim());
  const address = inBrackets.trim().replace(/^mailto:/i, '');
  return (isLink ? decodeLink(address) : address).replace(/[;,.\s]+$/, '');
}

function decodeLink(link: string): string {
  const address = link.split('?')[0] ?? '';
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/** One spelling for `bücher.example` and `xn--bcher-kva.example`. */
function canonicalDomain(host: string): string | null {
  const ascii = domainToASCII(host);
  const unicode = domainToUnicode(ascii);
  // A number would be read as an IP address.
  const isNumber = /(^|\.)\d+$/.test(ascii);
  return ascii !== '' && !isNumber && domain.test(unicode) ? unicode : null;
}
