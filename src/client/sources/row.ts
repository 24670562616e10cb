/**
 * What the table of sources holds for each platform: how its environment is known, and how it hands
 * out its token. Everything outside comes through the platform that is given.
 */
import type { Platform } from '../platform.ts'
import type { SubjectTokenRequest } from '../subject-token-source.ts'

/** Whether a source fits the environment, and the sentence that says why or what is missing. */
export type Fit = {
  readonly verdict: 'fits' | 'near' | 'other'
  readonly reason: string
}

export type SourceRow = {
  readonly name: string
  /** Looks at variables and files, never at the network. */
  readonly look: (platform: Platform) => Fit | Promise<Fit>
  /** May reject with anything: what leaves the door is made of it by `openRow`. */
  readonly ask: (platform: Platform, request: SubjectTokenRequest) => Promise<string>
}

/** An empty variable counts as none, as everywhere. */
export function readVariable(platform: Platform, name: string): string | undefined {
  const value = platform.environment[name]
  return value === '' ? undefined : value
}

/** Fits where every variable is set; is near where only `marker` shows the platform. */
export function lookForVariables(
  platform: Platform,
  names: readonly string[],
  near?: { readonly marker: string; readonly hint: string },
): Fit {
  const missing = names.find((name) => readVariable(platform, name) === undefined)
  if (missing === undefined) {
    return {
      verdict: 'fits',
      reason: `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} set`,
    }
  }
  const reason = `${missing} is not set`
  if (near === undefined || readVariable(platform, near.marker) === undefined) {
    return { verdict: 'other', reason }
  }
  return { verdict: 'near', reason: `${near.marker} is set, but ${reason}: ${near.hint}` }
}

/** Fits where one of these variables is set. */
export function lookForAny(platform: Platform, names: readonly string[]): Fit {
  const found = names.find((name) => readVariable(platform, name) !== undefined)
  if (found !== undefined) return { verdict: 'fits', reason: `${found} is set` }
  const list = names.length === 1 ? `${names[0]} is not` : `none of ${names.join(', ')} is`
  return { verdict: 'other', reason: `${list} set` }
}
