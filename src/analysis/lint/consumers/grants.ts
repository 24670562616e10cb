/** Checks of grants for a consumer: lifetimes and scopes that do not fit its clients. */
import type { Found, LintedRule } from '../check.ts'
import { presetOf } from './preset-of.ts'

/** LINT-45: a lifetime that makes clients request too many tokens, or outlives the exchange. */
export function findUnfitLifetime(subject: LintedRule): readonly Found[] {
  const preset = presetOf(subject)
  if (preset === undefined) return []
  const { leastSeconds = 0, usualSeconds } = preset.lifetime
  const { lifetimeSeconds } = subject.grant
  const path = ['grant', 'lifetime']
  if (lifetimeSeconds < leastSeconds) {
    const message = `${preset.name} request a new token for each call if tokens live shorter than ${leastSeconds} seconds`
    return [{ severity: 'info', path, message, fix: `Set at least ${leastSeconds}s.` }]
  }
  if (lifetimeSeconds > usualSeconds) {
    const message = `${preset.name} needs tokens for ${usualSeconds} seconds at most, and a longer lifetime helps only a thief`
    return [{ severity: 'info', path, message, fix: 'Shorten lifetime, or remove it.' }]
  }
  return []
}

/** LINT-47: the clients always request a scope that the rule does not grant. */
export function findMissingScope(subject: LintedRule): readonly Found[] {
  const preset = presetOf(subject)
  const missing = preset?.scopes?.find((scope) => !subject.grant.scopes.includes(scope))
  if (preset === undefined || missing === undefined) return []
  return [
    {
      severity: 'info',
      path: ['grant', 'scopes'],
      message: `${preset.name} request ${missing} unless they are configured, and get invalid_scope`,
      fix: `Grant ${missing} too.`,
    },
  ]
}
