/**
 * Renders a trust document of a gateway as a trust file: YAML that `lint` and `apply` read as the same
 * document, under comments that say where it is from.
 */
import { Document, isScalar, visit } from 'yaml'
import type { KeptRevision } from '../../../contract/admin.ts'
import { makePlain, makePlainJson } from '../../../web/text/plain.ts'
import { renderSeconds } from '../../audit/render-time.ts'

/** Each comment is escaped by itself: a line feed in one must not end it (ADM-13). */
export function renderDocument(
  { revision, applied_at: at, author, message }: KeptRevision,
  state: string | undefined,
  document: unknown,
): string {
  const comments = [
    `revision ${revision}, applied ${renderSeconds(at)} by ${author || 'unknown'}`,
    ...(message === undefined ? [] : [message]),
    ...(state === undefined ? [] : [state]),
  ]
  return [...comments.map((line) => `# ${makePlain(line)}`), renderYaml(document)].join('\n')
}

/** Text that a terminal or a CI runner would act on, apart from line feeds. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|##|^\s*::/mu

/** Puts unsafe text in double quotes, where an escape does not change the value. */
function renderYaml(value: unknown): string {
  const document = new Document(value)
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === 'string' && UNSAFE.test(node.value)) {
        node.type = 'QUOTE_DOUBLE'
      }
    },
  })
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_VALUE })
  return makePlainJson(text.trimEnd())
}
