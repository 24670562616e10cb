/** Renders the rules that answer `ask who` and `ask what`. Text of a document is escaped. */

import type { Access, Denying, Reach } from '../../analysis/in-house.ts'
import type { CoarseRevocationReport } from '../../contract/admin.ts'
import { makePlain } from '../../web/text/plain.ts'
import { renderCoarse } from '../revocations/render.ts'
import { renderSeconds } from './render-time.ts'

export function renderAccess(access: Access): string {
  const { rule, issuer, issuer_url: url, condition, scopes, owner } = access
  return [
    makePlain(rule),
    `  who: ${makePlain(issuer)} (${makePlain(url)}) ${renderConditions(access.when)}`,
    ...(condition === undefined ? [] : [`  and: ${makePlain(condition)}`]),
    ...(access.acting_as === undefined
      ? []
      : [`  acting for it: ${renderConditions(access.acting_as)}`]),
    `  gets: ${makePlain(scopes.join(' '))} at ${makePlain(access.resource)} for ${access.lifetime_seconds} s${renderDemand(access)}`,
    `  owner: ${owner === null ? '-' : makePlain(owner)}, ends ${renderSeconds(access.expires_at)}`,
  ].join('\n')
}

function renderDemand({ proof_of_possession: demand }: Access): string {
  return demand === undefined ? '' : ', bound to a key of the client'
}

export function renderReach(reach: Reach): string {
  const { certainty, unknown } = reach
  const doubt = certainty === 'can' ? [] : [`  if: ${nameUnknown(unknown)}`]
  return [renderAccess(reach), ...doubt].join('\n')
}

export function renderDenying(denying: Denying): string {
  const { rule, issuer, when, acting_as: actor, condition } = denying
  const more = condition === undefined ? '' : `, and: ${makePlain(condition)}`
  const acting = actor === undefined ? '' : `, acting for it: ${renderConditions(actor)}`
  return `except: ${makePlain(rule)} refuses ${makePlain(issuer)} ${renderConditions(when)}${more}${acting}`
}

export function renderStop(stop: CoarseRevocationReport): string {
  return `stopped: ${renderCoarse(stop)}`
}

export function nameUnknown(unknown: readonly string[]): string {
  return `${makePlain(unknown.join(', '))} ${unknown.length === 1 ? 'holds' : 'hold'}, which is not known here`
}

/** As in the document, on one line. */
function renderConditions(when: unknown): string {
  return makePlain(JSON.stringify(when))
}
