/**
 * GitLab CI: a job declares its tokens under `id_tokens:`, each with the name of a variable. This
 * source uses `EDGEMINT_SUBJECT_TOKEN`, or the only variable that contains such a token.
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

/** Describes what was found, with the names of the variables and never their values. */
function describe(names: readonly string[]): string {
  if (names.length === 1) return `${names} contains a token`
  const many = `${names.join(', ')} contain tokens`
  const found = names.length === 0 ? 'no variable contains a token' : many
  return `${found}: the job needs id_tokens: ${OURS}`
}
