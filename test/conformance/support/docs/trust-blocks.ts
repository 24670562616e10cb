/** Completes trust documents of the docs, so that blocks with only rules compile too. */

type Rule = {
  readonly from?: unknown
  readonly grant?: { readonly resource?: string; readonly scopes?: readonly string[] }
}
type Shown = {
  readonly version?: unknown
  readonly issuers?: Readonly<Record<string, unknown>>
  readonly resources?: Readonly<Record<string, unknown>>
  readonly rules?: readonly Rule[]
}

/** Issuers that a page can name without an entry. */
const ISSUERS: Readonly<Record<string, object>> = {
  github: { provider: 'github-actions' },
  gitlab: { provider: 'gitlab-com' },
}

/** Returns whether the value has rules or issuers. Fixtures and pipelines have neither. */
export function isTrust(value: unknown): value is Shown {
  if (typeof value !== 'object' || value === null) return false
  const { rules, issuers } = value as Shown
  return Array.isArray(rules) || (typeof issuers === 'object' && issuers !== null)
}

export function completeTrust(shown: Shown): unknown {
  const rules = shown.rules ?? []
  const granted = rules.flatMap(({ grant }) => {
    return grant?.resource === undefined ? [] : [[grant.resource, grant.scopes ?? []] as const]
  })
  const resources = granted.map(([resource]) => {
    const scopes = granted.flatMap(([other, listed]) => (other === resource ? listed : []))
    return [resource, { scopes: [...new Set(scopes)] }] as const
  })
  const named = rules.map(({ from }) => String(from))
  const issuers = Object.entries(ISSUERS).filter(([name]) => named.includes(name))
  return {
    version: 1,
    ...shown,
    issuers: shown.issuers ?? Object.fromEntries(issuers),
    resources: shown.resources ?? Object.fromEntries(resources),
    rules,
  }
}
