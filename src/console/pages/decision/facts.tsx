/** Who asked, what was asked, and what was issued. */
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { type Fact, Facts } from '../../parts/facts.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { withQuery } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { DECISION } from '../../texts/decisions.ts'
import { DecidingRule } from './rule-link.tsx'

type Props = { readonly decision: DecisionRecord }

const { facts: NAMES } = DECISION

const code = (text: string | undefined) => text && <Name text={text} isCode />
const moment = (seconds: number | undefined) =>
  seconds === undefined ? undefined : <Moment seconds={seconds} />

export function DecisionFacts({ decision }: Props) {
  return (
    <div class="columns">
      <section class="card">
        <h2>{DECISION.request}</h2>
        <Facts rows={describeRequest(decision)} />
      </section>
      <section class="card">
        <div class="card-head">
          <h2>{DECISION.who}</h2>
          {decision.subject !== undefined && (
            <Link to={withQuery('/decisions', { subject: decision.subject })}>
              {DECISION.sameSubject}
            </Link>
          )}
        </div>
        {decision.subject === undefined && <p class="hint">{DECISION.notVerified}</p>}
        <Facts rows={describeCaller(decision)} />
      </section>
      <section class="card">
        <h2>{DECISION.what}</h2>
        <Facts rows={describeResult(decision)} />
        {decision.reason !== undefined && <p class="hint">{DECISION.reasons}</p>}
      </section>
    </div>
  )
}

function describeRequest(decision: DecisionRecord): readonly Fact[] {
  const { at, duration_milliseconds: duration, grant_type, asked = {} } = decision
  return [
    [NAMES.time, moment(at / 1000)],
    [NAMES.duration, duration === undefined ? undefined : NAMES.milliseconds(duration)],
    [NAMES.grantType, code(grant_type)],
    [NAMES.askedResource, asked.resource],
    [NAMES.askedScopes, code(asked.scopes?.join(' '))],
    [NAMES.askedRule, asked.rule],
    [NAMES.unknown, asked.unknown?.join(', ')],
    [NAMES.country, decision.connection?.country],
    [NAMES.asn, decision.connection?.asn?.toString()],
    [NAMES.ip, decision.connection?.ip],
  ]
}

function describeCaller(decision: DecisionRecord): readonly Fact[] {
  const { issuer, issuer_url, subject, subject_token_id, subject_token_expires_at } = decision
  const { actor } = decision
  return [
    [NAMES.issuer, issuer],
    [NAMES.issuerUrl, issuer_url],
    [NAMES.subject, subject],
    [NAMES.tokenId, code(subject_token_id)],
    [NAMES.tokenEnds, moment(subject_token_expires_at)],
    [NAMES.actor, actor && `${actor.subject} (${actor.issuer})`],
  ]
}

function describeResult(decision: DecisionRecord): readonly Fact[] {
  const { rule, reason, fault, part, resource, scopes, budget, binding, observed } = decision
  const { issued_subject, token_id, expires_at, key_id } = decision
  return [
    [NAMES.rule, rule && <DecidingRule rule={rule} decision={decision} />],
    [NAMES.reason, code(reason)],
    [NAMES.fault, fault],
    [NAMES.part, part],
    [NAMES.resource, resource],
    [NAMES.scopes, code(scopes?.join(' '))],
    [NAMES.issuedSubject, issued_subject],
    [NAMES.issuedToken, code(token_id)],
    [NAMES.expires, moment(expires_at)],
    [NAMES.key, code(key_id)],
    [NAMES.binding, binding && `${binding.kind} ${binding.thumbprint}`],
    [NAMES.budget, budget && NAMES.budgetOf(budget.used, budget.grants)],
    [NAMES.observed, observed?.join(', ')],
  ]
}
