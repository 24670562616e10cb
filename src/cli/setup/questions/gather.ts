/**
 * Gathers the answers: from flags, then from the last run, then from questions on a terminal. Without
 * a terminal, one failure names every flag that is missing.
 */
import type { Result } from '../../../web/result.ts'
import { usageFailure } from '../../shell/failure.ts'
import { FIRST_RULES_DAYS } from '../../shell/limits.ts'
import type { Answers } from '../answers.ts'
import { type PlaceSpec, parsePlace, WORKLOAD_FORM } from '../place-spec.ts'
import { gatherAdministrators } from './administrators.ts'
import { type AnswerSources, readFlag } from './flags.ts'
import { findOwner } from './look-up.ts'
import {
  parseBranch,
  parseIssuer,
  parseName,
  parseScopes,
  parseText,
  parseWorkloads,
} from './parse-answer.ts'
import { gatherIds, toCiPlace, toSpec, toWorkload } from './place-ids.ts'

type Sources = AnswerSources & {
  /** Epoch seconds. */
  readonly at: number
}

/** Throws a usage failure for an invalid or a missing answer. */
export async function gatherAnswers(sources: Sources): Promise<Answers> {
  const { values, last, ask, folder, at } = sources
  const missing: string[] = []
  const flag = <T>(
    name: string,
    text: string | undefined,
    parse: (text: string) => Result<T, string>,
  ) => (text === undefined ? undefined : readFlag(name, text, parse))

  /** A flag, the last answer or a question; undefined if there is none of them. */
  async function one<T>(
    name: string,
    given: T | undefined,
    question: string,
    parse: (text: string) => Result<T, string>,
    suggest: () => Promise<string | undefined> = async () => undefined,
  ): Promise<T | undefined> {
    if (given !== undefined) return given
    if (ask !== undefined) return ask(question, parse, await suggest())
    missing.push(name)
    return undefined
  }

  const issuer = await one(
    '--issuer',
    flag('issuer', values.issuer, parseIssuer) ?? last?.issuer,
    'URL of the gateway, such as https://sts.example.com',
    parseIssuer,
  )
  const { administrators, people } = await gatherAdministrators(sources, missing)
  const [first] = administrators
  const workloads = await one<readonly PlaceSpec[]>(
    '--workload',
    values.workload?.map((text) => readFlag('workload', text, parsePlace)) ??
      last?.workloads.map(toSpec) ??
      (ask === undefined && first !== undefined
        ? [{ ...first, environment: 'production' }]
        : undefined),
    `Who gets tokens (${WORKLOAD_FORM})`,
    parseWorkloads,
    async () => first && `${first.kind}:${first.path}@production`,
  )
  const resource = await one(
    '--resource',
    flag('resource', values.resource, parseText) ?? last?.api.resource,
    'Your first API, such as https://api.example.com/v1',
    parseText,
  )
  const scopes = await one<readonly string[]>(
    '--scope',
    values.scope ?? last?.api.scopes,
    'Its scopes, such as deploy:read deploy:write',
    parseScopes,
  )
  const owner = await one(
    '--owner',
    flag('owner', values.owner, parseText) ?? last?.owner,
    'Who answers for the rules, an address or a team',
    parseText,
    () => findOwner(folder),
  )
  const ids = await gatherIds(sources, [...administrators, ...(workloads ?? [])], missing)
  if (
    issuer === undefined ||
    workloads === undefined ||
    resource === undefined ||
    scopes === undefined ||
    owner === undefined ||
    missing.length > 0
  ) {
    throw refuseMissing(missing)
  }
  return {
    issuer,
    name: flag('name', values.name, parseName) ?? last?.name ?? 'edgemint',
    owner,
    expires: last?.expires ?? lastDayOf(at),
    branch: flag('branch', values.branch, parseBranch) ?? last?.branch ?? 'main',
    administrators: administrators.map((spec) => toCiPlace(spec, ids)),
    ...(people === undefined ? {} : { people }),
    workloads: workloads.map((spec) => toWorkload(spec, ids)),
    api: { resource, scopes: [...scopes] },
  }
}

function lastDayOf(at: number): string {
  return new Date((at + FIRST_RULES_DAYS * 86_400) * 1000).toISOString().slice(0, 10)
}

function refuseMissing(given: readonly string[]) {
  const missing = [...new Set(given)]
  const last = missing.at(-1)
  const names = missing.length === 1 ? last : `${missing.slice(0, -1).join(', ')} and ${last}`
  return usageFailure(
    `without a terminal every answer must be a flag: ${names} ${missing.length === 1 ? 'is' : 'are'} missing; nothing was written`,
    'npx edgemint init --help',
  )
}
