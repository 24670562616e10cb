/** Checks of what a rule rests on: possession of a key, permanent ids, and accepted risks. */
import type { Rule } from '../../core/policy/compile/compiled.ts'
import { listIssuers } from '../../core/policy/compile/issuers/own-issuer.ts'
import { isWriteScope } from '../lint/check.ts'
import { findNamesOnly } from '../lint/holder.ts'
import type { RuleView } from '../lint/view.ts'
import { type Found, type LiveRule, liveRules, type PostureInput, placeOf } from './examined.ts'

/**
 * POS-09: a resource that does not require a proof of possession. Many APIs cannot check one, so the
 * report does not rate it.
 */
export function findBearers(input: PostureInput): readonly Found[] {
  const granted = new Set(liveRules(input).map(({ grant }) => grant.resource))
  return [...input.trust.resources.values()]
    .filter(({ uri, proofOfPossession: demand }) => granted.has(uri) && demand !== 'required')
    .map(({ uri, proofOfPossession: demand }) => ({
      ...{ id: 'POS-09', severity: 'info', subject: { kind: 'resource', name: uri } },
      path: ['resources', uri],
      message:
        demand === 'none'
          ? 'its tokens are bearer tokens: anyone who holds one can use it until it ends'
          : 'a client without a proof gets a bearer token: anyone who holds it can use it until it ends',
      fix: 'Set proof_of_possession: required if the API checks bound tokens. Otherwise keep lifetimes short.',
    }))
}

/**
 * POS-10: LINT-09 for rules that can grant now. It reads `when` and not `condition`, because the
 * reader of expressions would make the Worker larger.
 */
export function findNames(input: PostureInput): readonly Found[] {
  const { trust, at } = input
  const byName = new Map(listIssuers(trust).map((issuer) => [issuer.name, issuer]))
  return liveRules(input)
    .flatMap(withActor)
    .flatMap((rule): readonly Found[] => {
      const issuer = byName.get(rule.from)
      if (issuer === undefined) return []
      const { grant } = rule
      const writes = grant.scopes.filter(isWriteScope)
      const found = findNamesOnly({
        trust,
        issuer,
        rule,
        view: viewOfWhen(rule),
        grant,
        writes,
        at,
      })
      const isAccepted = rule.accepts.some(({ lint }) => lint === 'LINT-09')
      return found.map(({ severity, message, fix }) => {
        const hasMore = rule.expression !== undefined
        return {
          ...{ id: 'POS-10', ...placeOf(rule), fix },
          severity: isAccepted || hasMore ? 'info' : severity,
          message: hasMore
            ? `${message}, unless its condition pins an id: see edgemint lint`
            : (rule.party ?? '') + message,
        }
      })
    })
}

/** The conditions on an actor are judged as those of a rule from its issuer, as lint does. */
function withActor(rule: LiveRule): readonly (LiveRule & { readonly party?: string })[] {
  const { actingAs } = rule
  if (actingAs === undefined) return [rule]
  return [rule, { ...rule, ...actingAs, expression: undefined, party: 'of the actor: ' }]
}

function viewOfWhen({ conditions }: Rule): RuleView {
  const required = conditions.map((condition) => ({
    ...condition,
    place: ['when', condition.claim],
    isRequired: true,
  }))
  return { clauses: required, required, uses: [], mayHold: () => true, reading: undefined }
}

/** POS-11: the reasons are repeated, so that a reviewer can judge whether they still hold. */
export function findAccepted({ trust }: PostureInput): readonly Found[] {
  return trust.rules.flatMap((rule) =>
    rule.accepts.map(
      ({ lint, reason }): Found => ({
        ...{ id: 'POS-11', severity: 'info', ...placeOf(rule) },
        message: `${lint} is accepted: ${reason}`,
        fix: 'Check that the reason still holds; edgemint lint describes the finding.',
      }),
    ),
  )
}
