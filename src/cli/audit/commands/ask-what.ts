/** `edgemint ask what`: names what a workload can get, by its claims or by its recorded decisions. */
import { findReach } from '../../../analysis/in-house.ts'
import { type KnownClaims, readKnownClaims } from '../../../core/decisions/explain-partly.ts'
import type { CompiledTrust, TrustedIssuer } from '../../../core/policy/compile/compiled.ts'
import { listIssuers } from '../../../core/policy/compile/issuers/own-issuer.ts'
import { findNearest } from '../../../web/text/nearest.ts'
import { findDecisions } from '../../decisions/decisions-api.ts'
import { addMissing, NOTHING_MISSING, renderMissing } from '../../decisions/missing.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import type { AdminAccess } from '../../trust/admin-api.ts'
import { readClaims } from '../../trust/claims-input.ts'
import { readMoment } from '../../trust/moment-flag.ts'
import { findOtherIssuer } from '../../trust/other-issuer.ts'
import { readAskedTrust, SOURCE_FLAGS } from '../asked-trust.ts'
import { nameUnknown, renderDenying, renderReach, renderStop } from '../render-access.ts'
import { findStops, shortenStop } from '../stops.ts'

export const command = {
  synopsis: '(--claims FILE --issuer NAME | --subject SUB) [FLAGS]',
  about: `What a workload can get: the rules that its claims match, with resources, scopes and lifetimes. With
--subject, the claims are those of its newest recorded decision. A rule that depends on a claim that
is not recorded is listed with the claim. Rules from self that exchange its tokens further are
listed, and so are revocations that stop issuing to it.`,
  flags: {
    claims: {
      value: 'FILE',
      about: 'the claims of one token, as a JSON object; `-` reads stdin',
      completes: 'files',
    },
    subject: {
      value: 'SUB',
      about: 'the `sub` of its tokens; needs `--url` and a token with `decisions:read` too',
    },
    issuer: {
      value: 'NAME',
      about: 'the name of its issuer in the document',
      default: 'that of the recorded decision',
    },
    ...SOURCE_FLAGS,
    at: {
      value: 'TIME',
      about: 'the time for which ended rules are left out, such as `2026-12-01T12:00:00Z`',
      default: 'now',
    },
    json: {
      about:
        'print `{ issuer, decision, revision, complete, rules, refused, ended, stopped }`; `ended` is the rule that granted a token of the gateway and is not in force',
    },
  },
  example: 'npx edgemint ask what --issuer github --claims claims.json --trust trust.yaml',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const { claims: file, subject } = values
  if ((file === undefined) === (subject === undefined)) {
    throw usageFailure('name the workload with either --claims or --subject')
  }
  if (subject !== undefined && values.url === undefined) {
    throw usageFailure('--subject needs --url: its claims are in the decision log of a gateway')
  }
  if (file !== undefined && values.issuer === undefined) {
    throw usageFailure('--claims needs --issuer')
  }
  const at = readMoment(values.at, '--at')
  const { trust, document, revision, complete: isWhole, access } = await readAskedTrust(values)
  const holder =
    subject === undefined || access === undefined
      ? await readHolder(file ?? '', trust, values.issuer ?? '')
      : await findHolder(access, trust, subject, values.issuer)
  const complete = isWhole && holder.damagedTo === null
  const answer = findReach(trust, document, holder, at)
  const { rules, refused } = answer
  const sub = String(holder.claims.claims.sub ?? subject)
  // That of the token of its platform, and that of issued tokens unless a rule sets another one.
  const subjects = [sub, `${holder.issuer.name}:${sub}`]
  const own = holder.issuer === trust.own?.issuer ? holder.claims.claims : undefined
  const stops = await findStops(access, { trust, rules, subjects, own, at })
  if (values.json) {
    const { issuer, decision } = holder
    const stopped = stops.map(shortenStop)
    printJson({ issuer: issuer.name, decision, revision, complete, ...answer, stopped }, 2)
  } else {
    const denied = refused.map((one) => {
      const doubt = one.certainty === 'can' ? '' : `, if ${nameUnknown(one.unknown)}`
      return `${renderDenying(one)}${doubt}`
    })
    const lines = [...rules.map(renderReach), ...denied, ...stops.map(renderStop)]
    if (lines.length > 0) printPlain(lines.join('\n\n'))
  }
  if (holder.decision !== null) {
    say(`the claims are those of ${holder.decision}, the newest decision about the subject`)
  }
  if (answer.ended !== undefined) {
    say(`it can get nothing: the rule ${answer.ended}, which granted it, is not in force`)
  } else if (holder.issuer === trust.own?.issuer) {
    say(
      'without a rule, a token of this gateway can be exchanged for a narrower one of its resource',
    )
  } else if (rules.some((one) => one.issuer === trust.own?.issuer.name)) {
    say('rules from self exchange a token that another of these rules grants')
  } else if (rules.length === 0) say('it can get nothing: no rule in force grants it anything')
  if (rules.some(({ certainty }) => certainty === 'may')) {
    say('rules with "if" depend on what is not known here: a recorded claim or the connection')
  }
  const { damagedTo } = holder
  for (const sentence of renderMissing({ purgedTo: null, damagedTo })) say(sentence)
  if (!isWhole) say('the answer leaves out the parts that the gateway cannot use')
  return EXIT_CODES.done
}

type Holder = {
  readonly issuer: TrustedIssuer
  readonly claims: KnownClaims
  /** The id of the decision whose claims these are; null for those of a file. */
  readonly decision: string | null
  /** The log may have had a newer decision, up to this time in epoch milliseconds. */
  readonly damagedTo: number | null
}

async function readHolder(path: string, trust: CompiledTrust, name: string): Promise<Holder> {
  const claims = await readClaims(path)
  const issuer = requireIssuer(trust, name)
  const other = findOtherIssuer(trust, { issuer: name, claims })
  if (other !== undefined) {
    const refused = 'a gateway with this document refuses the token (issuer_not_trusted)'
    throw usageFailure(other.fault, other.named === undefined ? refused : `--issuer ${other.named}`)
  }
  const known = { claims, known: () => true, hasAll: true }
  return { issuer, claims: known, decision: null, damagedTo: null }
}

async function findHolder(
  access: AdminAccess,
  trust: CompiledTrust,
  subject: string,
  issuer: string | undefined,
): Promise<Holder> {
  const filter = issuer === undefined ? [] : [['issuer', issuer] as const]
  let cursor: string | undefined
  let missing = NOTHING_MISSING
  do {
    const continued = cursor === undefined ? [] : [['cursor', cursor] as const]
    const question = [['subject', subject], ...filter, ['limit', '1'], ...continued] as const
    const { decisions, next, missing: more } = await findDecisions(access, question)
    missing = addMissing(missing, more)
    const [record] = decisions
    if (record?.issuer !== undefined) {
      const known = listIssuers(trust).find(({ name }) => name === record.issuer)
      if (known === undefined) throw undeclared(record.issuer, record.id)
      const claims = readKnownClaims(record, known.profile)
      return { issuer: known, claims, decision: record.id, damagedTo: missing.damagedTo }
    }
    cursor = next
  } while (cursor !== undefined)
  throw refusal(
    `the decision log has no decision about the subject ${subject}`,
    'compare the whole sub: npx edgemint decisions list --help',
    ...renderMissing(missing),
  )
}

/** Such as an administrator, whose issuer is in the deploy-time policy alone. */
function undeclared(issuer: string, decision: string) {
  return refusal(
    `the document has no issuer ${issuer}, which ${decision}, the newest decision about the subject, is about`,
    'it was removed since, or the deploy-time policy has it: npx edgemint issuers lists both',
    'for decisions of another issuer about the subject, name it with --issuer',
  )
}

function requireIssuer(trust: CompiledTrust, name: string): TrustedIssuer {
  const issuers = listIssuers(trust)
  const issuer = issuers.find((one) => one.name === name)
  if (issuer !== undefined) return issuer
  const names = issuers.map((one) => one.name)
  const nearest = findNearest(name, names)
  throw usageFailure(
    `the document has no issuer ${name}${nearest === undefined ? '' : `: did you mean ${nearest}?`}`,
    `its issuers are ${names.join(', ')}`,
  )
}
