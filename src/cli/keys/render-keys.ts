/** Renders signing keys as text. */
import type { KeyReport, KeysReport } from '../../contract/admin.ts'
import { writeTime } from './key-time.ts'
import type { PublishedKey } from './read-keys.ts'

/** Renders one paragraph for each key, then problems and warnings. */
export function renderKeys({ keys, problems, warnings }: KeysReport): string {
  return [
    ...keys.map(renderKey),
    ...problems.map(({ variable, message }) => `problem: ${variable} ${message}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join('\n')
}

function renderKey(key: KeyReport): string {
  const { kid, alg, state, secret, activates_at: start, retires_at: end } = key
  const lines = [
    `${kid}  ${alg}  ${state}${key.default ? ', for resources that name no algorithm' : ''}`,
    ...(secret === undefined ? [] : [`  secret: ${secret}`]),
    `  signs: ${start === null ? 'from its deployment' : `from ${writeTime(start)}`}, ${end === null ? 'without an end' : `until ${writeTime(end)}`}`,
    ...renderPublication(key),
  ]
  return lines.join('\n')
}

function renderPublication({ state, published_until: until }: KeyReport): readonly string[] {
  if (until === null) return []
  if (state === 'withdrawn') {
    return [`  published: no more since ${writeTime(until)}; its secret can be deleted`]
  }
  return [`  published: until ${writeTime(until)}, when its last token has expired`]
}

export function renderPublished(keys: readonly Pick<PublishedKey, 'kid' | 'alg'>[]): string {
  if (keys.length === 0) return 'no key is published'
  return keys.map(({ kid, alg }) => `${kid}  ${alg}  published`).join('\n')
}
