/** Who used a rule: its newest tokens by subject. */
import type { DecisionRecord } from '../../../contract/decisions/record.ts'

export type User = {
  readonly issuer: string
  readonly subject: string
  readonly tokens: number
  /** Epoch seconds. */
  readonly lastAt: number
  readonly resources: readonly string[]
  readonly scopes: readonly string[]
}

/** The user of the newest token comes first. */
export function groupUsers(decisions: readonly DecisionRecord[]): readonly User[] {
  const granted = decisions.filter(({ outcome }) => outcome === 'granted')
  const groups = Map.groupBy(granted, ({ issuer = '', subject = '' }) =>
    JSON.stringify([issuer, subject]),
  )
  const users = [...groups.values()].map((group): User => {
    const { issuer = '', subject = '' } = group[0] ?? {}
    return {
      issuer,
      subject,
      tokens: group.length,
      lastAt: Math.floor(Math.max(...group.map(({ at }) => at)) / 1000),
      resources: distinct(group.map(({ resource = '' }) => resource)),
      scopes: distinct(group.flatMap(({ scopes = [] }) => scopes)),
    }
  })
  return users.toSorted((left, right) => right.lastAt - left.lastAt)
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== ''))].toSorted()
}
