/**
 * GitLab CI, where a job declares its tokens under `id_tokens:` and each arrives in the variable
 * that it names. The name is ours by convention; otherwise there must be only one to choose from.
 */
import type { Platform } from '../platform.ts'
import { readVariable, SourceFault, type SourceRow } from './row.ts'

const MARKER = 'GITLAB_CI'
const OURS = 'EDGEMINT_SUBJECT_TOKEN'
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/

export const GITLAB: SourceRow = {
  name: 'gitlab',
  look(platform) {
    const isJob = readVariable(platform, MARKER) !== undefined
    const names = findNames(platform)
    const fits = isJob && names.length === 1
    const reason = `${MARKER} set, ${fits ? 'and' : 'but'} ${describe(names)}`
    return { fits, isNear: isJob && !fits, reason: isJob ? reason : `not set: ${MARKER}` }
  },
  async ask(platform) {
    const names = findNames(platform)
    if (names.length !== 1) throw new SourceFault(describe(names))
    return platform.environment[names.join()] ?? ''
  },
}

function findNames(platform: Platform): readonly string[] {
  if (readVariable(platform, OURS) !== undefined) return [OURS]
  return Object.keys(platform.environment)
    .filter((name) => name.endsWith('_ID_TOKEN') && JWT.test(platform.environment[name] ?? ''))
    .toSorted()
}

/** Names only, never values. */
function describe(names: readonly string[]): string {
  if (names.length === 1) return `${names} holds a token`
  const found = names.length === 0 ? 'no token is there' : `${names.join(', ')} hold tokens`
  return `${found}: the job needs id_tokens: ${OURS}`
}
