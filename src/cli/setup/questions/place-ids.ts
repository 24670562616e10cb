/**
 * The ids of repositories and projects: from flags, the last run, the tools of this machine, or
 * questions.
 */
import { findNearest } from '../../../web/text/nearest.ts'
import { usageFailure } from '../../shell/failure.ts'
import type { CiPlace, Workload } from '../answers.ts'
import type { CiSpec, PlaceSpec } from '../place-spec.ts'
import { type AnswerSources, readFlag } from './flags.ts'
import { type Ids, lookUpIds } from './look-up.ts'
import { parseIds } from './parse-answer.ts'

/**
 * The ids of each repository and project by `kind:path`. Throws a usage failure for the ids of a
 * repository that no answer names, such as a misspelt one.
 */
export async function gatherIds(
  { values, last, ask, folder }: AnswerSources,
  specs: readonly PlaceSpec[],
  missing: string[],
): Promise<ReadonlyMap<string, Ids>> {
  const given = readGiven(values.ids ?? [])
  // With an answer missing, the places are not all known, and the missing answer is reported.
  if (missing.length === 0) refuseUnknown([...given.keys()], specs)
  const known = new Map(
    [...(last?.administrators ?? []), ...(last?.workloads ?? [])].flatMap(knownIds),
  )
  const found = new Map<string, Ids>()
  for (const spec of specs) {
    if (spec.kind === 'kubernetes' || found.has(keyOf(spec))) continue
    const ids = given.get(spec.path) ?? known.get(keyOf(spec)) ?? (await lookUpIds(folder, spec))
    if (ids !== undefined) found.set(keyOf(spec), ids)
    else if (ask !== undefined) found.set(keyOf(spec), await ask(questionOf(spec), parseIds))
    else missing.push(`--ids ${spec.path}=OWNER_ID/ID`)
  }
  return found
}

function questionOf({ kind, path }: CiSpec): string {
  return kind === 'github'
    ? `Ids of the owner and of the repository ${path} (gh api repos/${path} shows them), as OWNER_ID/ID`
    : `Ids of the namespace and of the project ${path} (their overview pages show them), as NAMESPACE_ID/ID`
}

function readGiven(texts: readonly string[]): ReadonlyMap<string, Ids> {
  const given = new Map<string, Ids>()
  for (const [path, ids] of texts.map(splitIds)) {
    if (given.has(path)) throw usageFailure(`--ids names ${path} twice; nothing was written`)
    given.set(path, ids)
  }
  return given
}

function splitIds(text: string): readonly [string, Ids] {
  const at = text.lastIndexOf('=')
  const ids = readFlag('ids', text.slice(at + 1), parseIds)
  if (at < 1) {
    throw usageFailure(
      '--ids must name a repository or project, such as acme/api=4411/8123456; nothing was written',
    )
  }
  return [text.slice(0, at), ids]
}

function refuseUnknown(given: readonly string[], specs: readonly PlaceSpec[]): void {
  const paths = new Set(specs.flatMap((spec) => (spec.kind === 'kubernetes' ? [] : [spec.path])))
  const unknown = given.find((path) => !paths.has(path))
  if (unknown === undefined) return
  const nearest = findNearest(unknown, paths)
  throw usageFailure(
    `--ids names ${unknown}, but no administrator or workload does; nothing was written`,
    ...(nearest === undefined ? [] : [`did you mean ${nearest}?`]),
  )
}

const keyOf = ({ kind, path }: CiSpec) => `${kind}:${path}`

function knownIds(place: Workload): readonly (readonly [string, Ids])[] {
  const spec = toSpec(place)
  if (spec.kind === 'kubernetes') return []
  const ids =
    place.kind === 'github'
      ? { owner: place.owner_id, project: place.repository_id }
      : place.kind === 'gitlab'
        ? { owner: place.namespace_id, project: place.project_id }
        : undefined
  return ids === undefined ? [] : [[keyOf(spec), ids]]
}

export function toSpec(place: CiPlace): CiSpec
export function toSpec(place: Workload): PlaceSpec
export function toSpec(place: Workload): PlaceSpec {
  if (place.kind === 'kubernetes') {
    const { kind, issuer, namespace, service_account: account } = place
    return { kind, issuer, namespace, account }
  }
  const { kind, environment } = place
  return { kind, environment, path: place.kind === 'github' ? place.repository : place.project }
}

export function toWorkload(spec: PlaceSpec, ids: ReadonlyMap<string, Ids>): Workload {
  if (spec.kind !== 'kubernetes') return toCiPlace(spec, ids)
  const { kind, issuer, namespace, account } = spec
  return { kind, issuer, namespace, service_account: account }
}

export function toCiPlace(spec: CiSpec, found: ReadonlyMap<string, Ids>): CiPlace {
  const ids = found.get(keyOf(spec))
  if (ids === undefined) throw new TypeError(`${keyOf(spec)} has no ids`)
  const { path, environment } = spec
  return spec.kind === 'github'
    ? {
        kind: 'github',
        repository: path,
        environment,
        owner_id: ids.owner,
        repository_id: ids.project,
      }
    : {
        kind: 'gitlab',
        project: path,
        environment,
        namespace_id: ids.owner,
        project_id: ids.project,
      }
}
