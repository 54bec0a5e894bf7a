// The entry of parser threads. Everything imported here is loaded into each of them, so import parsers and nothing else.
import { readCsv } from './domains/import/csv-records.ts';
import { readHolidays } from './domains/sla/read-holidays.ts';
import { cleanHtml } from './domains/tickets/clean-html.ts';
import { emailHtmlOf } from './domains/tickets/email-html.ts';
import { plainTextOf } from './domains/tickets/email-text.ts';
import { serveParsers } from './platform/parsing/serve-parsers.ts';

serveParsers({ csv: readCsv, emailHtml: emailHtmlOf, holidays: readHolidays, plainText: plainTextOf, richText: cleanHtml });
