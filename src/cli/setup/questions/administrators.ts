/** Who administers the gateway: jobs of CI, people of an OpenID Connect provider, or both. */
import { usageFailure } from '../../shell/failure.ts'
import type { People } from '../answers.ts'
import { ADMIN_FORM, type CiSpec, parseAdmin } from '../place-spec.ts'
import { type AnswerSources, type AnswerValues, readFlag } from './flags.ts'
import { findRepository } from './look-up.ts'
import {
  type Persons,
  parseAdministrator,
  parsePersons,
  parseProvider,
  parseText,
} from './parse-answer.ts'
import { toSpec } from './place-ids.ts'

type Administrators = {
  readonly administrators: readonly CiSpec[]
  readonly people: People | undefined
}

export async function gatherAdministrators(
  { values, last, ask, folder }: AnswerSources,
  missing: string[],
): Promise<Administrators> {
  const given = values.admin?.map((text) => readFlag('admin', text, parseAdmin))
  const people = readPeople(values, last?.people)
  const administrators = given ?? last?.administrators.map((place) => toSpec(place)) ?? []
  if (administrators.length > 0 || people !== undefined) return { administrators, people }
  if (ask === undefined) {
    missing.push('--admin or --people-issuer')
    return { administrators, people }
  }
  const repository = await findRepository(folder)
  const answer = await ask(
    `Who administers it (${ADMIN_FORM}, or people)`,
    parseAdministrator,
    repository && `${repository}@trust`,
  )
  if (answer !== 'people') return { administrators: [answer], people }
  const issuer = await ask('Issuer URL of their OpenID Connect provider', parseProvider)
  const client = await ask('Id of the public client there', parseText, 'edgemint')
  const persons = await ask('Who of them (addresses, sub:ID, group:NAME)', parsePersons)
  return { administrators, people: toPeople(issuer, client, persons) }
}

function toPeople(issuer: string, client: string, { emails, subjects, groups }: Persons): People {
  return {
    issuer,
    client_id: client,
    emails: [...emails],
    subjects: [...subjects],
    groups: [...groups],
  }
}

/** The flags about people replace those of the last run one by one. */
function readPeople(values: AnswerValues, last: People | undefined): People | undefined {
  const { 'people-issuer': issuer, 'people-client-id': client } = values
  const { 'people-email': emails, 'people-subject': subjects, 'people-group': groups } = values
  const isGiven = [issuer, client, emails, subjects, groups].some((value) => value !== undefined)
  if (!isGiven) return last
  const provider =
    issuer === undefined ? last?.issuer : readFlag('people-issuer', issuer, parseProvider)
  const id = client ?? last?.client_id
  if (provider === undefined || id === undefined) {
    throw usageFailure(
      'people need both --people-issuer and --people-client-id; nothing was written',
    )
  }
  const people = toPeople(provider, id, {
    emails:
      emails?.map((email) => readFlag('people-email', email, parseText)) ?? last?.emails ?? [],
    subjects: subjects ?? last?.subjects ?? [],
    groups: groups ?? last?.groups ?? [],
  })
  if (people.emails.length + people.subjects.length + people.groups.length === 0) {
    throw usageFailure(
      'name the administrators with --people-email, --people-subject or --people-group; nothing was written',
    )
  }
  return people
}
