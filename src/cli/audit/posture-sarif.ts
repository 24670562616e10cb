/** Renders a posture report as SARIF 2.1.0, with the taxonomies that its findings belong to. */
import { CHECK_IDS, titleOf } from '../../analysis/posture/in-house.ts'
import type { TrustFile } from '../../analysis/source/in-house.ts'
import type {
  PostureFinding,
  PostureMapping,
  PostureReport,
} from '../../contract/posture/report.ts'
import { nameSubject } from './posture-formats.ts'

const LEVELS = { error: 'error', warn: 'warning', info: 'note' } as const

/** §3.19.3: each document is one taxonomy, which rules refer to. */
const TAXONOMIES = [
  {
    ...{ name: 'OWASP NHI Top 10', version: '2025', organization: 'OWASP' },
    read: (mapping: PostureMapping) => mapping.owasp_nhi,
  },
  {
    ...{ name: 'NIST SP 800-207', version: '2020', organization: 'NIST' },
    read: (mapping: PostureMapping) => mapping.sp_800_207.map((tenet) => `tenet ${tenet}`),
  },
  {
    ...{ name: 'NIST CSF', version: '2.0', organization: 'NIST' },
    read: (mapping: PostureMapping) => mapping.csf,
  },
] as const

/**
 * With a trust file, findings about a rule, an issuer or a resource have its lines, and others its
 * first line: GitHub code scanning refuses a file in which one result has no place in a file.
 */
export function renderPostureSarif(report: PostureReport, file: TrustFile | undefined): string {
  const { findings, mapping } = report
  const ids = [...new Set(findings.map(({ id }) => id))]
  const rules = ids.map((id) => ({
    id,
    ...describeRule(id),
    relationships: TAXONOMIES.flatMap(({ name, read }) =>
      taxaOf(mapping[id], read).map((taxon) => ({
        target: { id: taxon, toolComponent: { name } },
        kinds: ['relevant'],
      })),
    ),
  }))
  const results = findings.map((finding) => ({
    ruleId: finding.id,
    ruleIndex: ids.indexOf(finding.id),
    level: LEVELS[finding.severity],
    message: { text: `${nameSubject(finding)}: ${endSentence(finding.message)} ${finding.fix}` },
    locations: [locate(finding, file)],
  }))
  const taxonomies = TAXONOMIES.map(({ name, version, organization, read }) => ({
    ...{ name, version, organization },
    taxa: [...new Set(ids.flatMap((id) => taxaOf(mapping[id], read)))].map((id) => ({ id })),
  }))
  const driver = { name: 'edgemint', rules }
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, taxonomies, results }],
  }
  return JSON.stringify(log, null, 2)
}

function describeRule(id: string) {
  const known = CHECK_IDS.find((one) => one === id)
  const help = { text: `See docs/posture.md#${id.toLowerCase()}` }
  return known === undefined ? { help } : { shortDescription: { text: titleOf(known) }, help }
}

function taxaOf(
  mapping: PostureMapping | undefined,
  read: (mapping: PostureMapping) => readonly string[],
): readonly string[] {
  return mapping === undefined ? [] : read(mapping)
}

/** The reason of an accepted finding, which a message can end with, may be a whole sentence. */
function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function locate({ subject, path = [] }: PostureFinding, file: TrustFile | undefined) {
  const logicalLocations = [{ name: subject.name, kind: subject.kind }]
  if (file === undefined) return { logicalLocations }
  const { line, column } = file.locate(placeIn(file, subject, path))
  return {
    logicalLocations,
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file.path.replaceAll('\\', '/')) },
      region: { startLine: line, startColumn: column },
    },
  }
}

/** The file can be newer than the revision in force, so a rule is found by its name. */
function placeIn(
  { value }: TrustFile,
  { kind, name }: PostureFinding['subject'],
  path: NonNullable<PostureFinding['path']>,
) {
  if (kind !== 'rule') return path
  const { rules }: { readonly rules?: unknown } = Object(value)
  const list: readonly unknown[] = Array.isArray(rules) ? rules : []
  const index = list.findIndex((rule) => (Object(rule) as { name?: unknown }).name === name)
  return index === -1 ? [] : ['rules', index]
}
