/** Names a file that somebody gave to `edgemint audit verify` and that is no export of the decision log. */
import { isJsonObject, type JsonObject } from '../../web/json.ts'
import { EXPORT_KINDS, findExportKind, readFirstLine } from '../backup/portable/export-kinds.ts'

/** In the header of the first file of an archive (POSIX.1, `ustar`). */
const TAR_MARK_AT = 257

const AUDIT = 'npx edgemint audit verify reads only the output of npx edgemint decisions export'

/** docs/backup.md has the command that takes the parts out. */
const TAKE_OUT =
  'verify its parts decisions/0 and on, each in a file of its own, or give it to --checkpoint'

/** What the file is, and the command that reads it. */
type Kind = readonly [is: (members: JsonObject) => boolean, sentence: string]

const KINDS: readonly Kind[] = [
  [has('edgemint_backup'), 'is the manifest of a backup: npx edgemint restore reads its directory'],
  [
    has('findings', 'revision'),
    `is a posture report of npx edgemint posture, which no command reads: ${AUDIT}`,
  ],
  [has('runs', '$schema'), `is a SARIF file, for code scanning: ${AUDIT}`],
  [
    has('version', 'issuers'),
    'is a trust document: check it with npx edgemint validate or npx edgemint lint',
  ],
  [has('keys'), 'is a key set: give it to --keys'],
  [has('decisions'), `is a page of decisions, which has no chain: ${AUDIT}`],
]

/** Returns undefined if the text, from the first line, is of no known kind. */
export function nameOtherFile(text: string): string | undefined {
  const kind = findExportKind(readFirstLine(text.slice(0, text.indexOf('\n'))))
  if (kind === 'decisions') return undefined
  if (kind !== undefined) {
    const { what, hint } = EXPORT_KINDS[kind]
    if (kind === 'gateway') return `is an export of ${what}: ${TAKE_OUT}`
    return `is an export of ${what}: ${hint}`
  }
  if (text.slice(TAR_MARK_AT).startsWith('ustar')) {
    return 'is a tar archive: unpack it, and verify the exports in it'
  }
  const members = readMembers(text)
  return KINDS.find(([is]) => is(members))?.[1]
}

function has(...names: readonly string[]): Kind[0] {
  return (members) => names.every((name) => Object.hasOwn(members, name))
}

/** The members of JSON, or the top-level keys of YAML, which a damaged file may have too. */
function readMembers(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : {}
  } catch {
    const names = [...text.matchAll(/^([a-z_]{1,20}):(?=\s|$)/gm)].map(([, name = '']) => name)
    return Object.fromEntries(names.map((name) => [name, true]))
  }
}
