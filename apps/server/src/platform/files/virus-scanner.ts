import type { Readable } from 'node:stream';
import NodeClam from 'clamscan';
import { DomainError } from '../../kernel/domain-error.ts';

/** Where a ClamAV daemon listens. */
export interface ClamdAddress {
  readonly host: string;
  readonly port: number;
}

const scanMs = 120_000;

/** What was found in a file, by the scanner's own name for it. */
class VirusFound extends DomainError {
  readonly code = 'VIRUS_FOUND';
  constructor(what: string) {
    super(`The file was not taken in: ${what} was found in it.`, 'file');
  }
}

/** Nobody could look into the file, so it is not trusted. */
class NotScanned extends DomainError {
  readonly code = 'NOT_SCANNED';
  constructor() {
    super('Files are looked through before they are taken in, and that does not work just now. Try again in a few minutes.', 'file');
  }
}

/** Looks through files by a ClamAV daemon, whose definitions are its own affair. */
export class VirusScanner {
  constructor(private readonly address: ClamdAddress) {}

  /** Passes where nothing is found; refuses otherwise, also where nobody could look. */
  async requireClean(content: Readable): Promise<void> {
    let found: string[];
    try {
      const scanner = await new NodeClam().init({
        clamdscan: { ...this.address, timeout: scanMs, localFallback: false, active: true, bypassTest: true },
        clamscan: { active: false },
        preference: 'clamdscan',
      });
      const { isInfected, viruses } = await scanner.scanStream(content);
      if (isInfected === null) throw new Error('the scanner gave no answer');
      found = isInfected ? viruses : [];
    } catch {
      content.destroy();
      throw new NotScanned();
    }
    if (found.length > 0) throw new VirusFound(found.join(', '));
  }
}
