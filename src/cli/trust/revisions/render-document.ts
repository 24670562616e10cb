/** Renders a trust document of a gateway as a trust file, with comments that say where it is from. */
import { stringify } from 'yaml'
import type { KeptRevision } from '../../../contract/admin.ts'
import { makePlain } from '../../../web/text/plain.ts'
import { renderSeconds } from '../../audit/render-time.ts'

/** Each value is escaped by itself: a line feed in one must not end its comment (ADM-13). */
export function renderDocument(
  { revision, applied_at: at, author, message }: KeptRevision,
  state: string | undefined,
  document: unknown,
): string {
  return [
    `# revision ${revision}, applied ${renderSeconds(at)} by ${makePlain(author) || 'unknown'}`,
    ...(message === undefined ? [] : [`# ${makePlain(message)}`]),
    ...(state === undefined ? [] : [`# ${state}`]),
    stringify(document, { lineWidth: 0 }).trimEnd(),
  ].join('\n')
}
