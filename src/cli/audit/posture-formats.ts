/** Renders a posture report as text and as Markdown. Text of a gateway is escaped. */
import { stringify } from 'yaml'
import type { PostureFinding, PostureReport } from '../../contract/posture/report.ts'
import { makePlain } from '../../web/text/plain.ts'
import { renderSeconds } from './render-time.ts'

export type RenderPosture = (report: PostureReport, gateway: string) => string

export const renderPostureText: RenderPosture = (report, gateway) =>
  [
    `${gateway}, revision ${report.revision}, at ${renderSeconds(report.at)}`,
    describeUsage(report),
    ...report.findings.map(renderFinding),
  ].join('\n\n')

function renderFinding(finding: PostureFinding): string {
  const { id, severity, message, fix, narrower } = finding
  return [
    `${makePlain(id)} ${makePlain(severity)}: ${nameSubject(finding)}: ${makePlain(message)}`,
    `  fix: ${makePlain(fix)}`,
    ...(narrower === undefined ? [] : ['  narrower:', indent(renderRule(narrower), '    ')]),
  ].join('\n')
}

/** What the report knows about use, so that no reader takes silence for an answer. */
export function describeUsage({ usage }: PostureReport): string {
  if (usage.state === 'off')
    return 'the use of rules is not known: the deployment keeps no decisions'
  const since =
    usage.since === null ? ', but nothing was decided yet' : ` since ${renderSeconds(usage.since)}`
  const state = usage.state === 'on' ? '' : ', in part: more rights were used than one report has'
  return `the use of rules is known${since}${state}`
}

/** `rule deploy`; `the gateway`. */
export function nameSubject({ subject }: PostureFinding): string {
  const { kind, name } = subject
  return kind === 'gateway' ? 'the gateway' : `${makePlain(kind)} ${makePlain(name)}`
}

/** A list entry of `rules`, which can replace that of the document. */
function renderRule(rule: object): string {
  return stringify([rule], { lineWidth: 0 }).trimEnd()
}

function indent(text: string, by: string): string {
  return text.replaceAll(/^/gm, by)
}

export const renderPostureMarkdown: RenderPosture = (report, gateway) => {
  const { findings, mapping } = report
  const rows = findings.map((finding) => {
    const { id, severity, message, fix } = finding
    const known = mapping[id]
    const cells = [
      id,
      severity,
      nameSubject(finding),
      message,
      fix,
      known?.owasp_nhi.join(', ') ?? '',
      known?.sp_800_207.join(', ') ?? '',
      known?.csf.join(', ') ?? '',
    ]
    return `| ${cells.map(escapeCell).join(' | ')} |`
  })
  const narrower = findings.flatMap((finding) => {
    if (finding.narrower === undefined) return []
    const rule = makeBlock(renderRule(finding.narrower))
    return ['', `${escapeCell(finding.id)}, ${escapeCell(nameSubject(finding))}:`, '', rule]
  })
  return [
    `# Posture of ${escapeCell(gateway)}`,
    '',
    `Revision ${report.revision}, at ${renderSeconds(report.at)}; ${describeUsage(report)}.`,
    '',
    '| id | severity | about | finding | what to do | OWASP NHI Top 10 (2025) | NIST SP 800-207 §2.1 | NIST CSF 2.0 |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    ...(narrower.length === 0 ? [] : ['', '## Narrower rules', ...narrower]),
  ].join('\n')
}

/** Markdown would read these characters, and a pipe would begin another cell. */
function escapeCell(text: string): string {
  return makePlain(text).replaceAll(/[\\`*_[\]<>|~]/g, '\\$&')
}

/** A fence longer than any in the text. */
function makeBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}yaml\n${text}\n${fence}`
}
