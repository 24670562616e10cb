/** Mutants of what an operator reads at the command line: hints, clocks, ports, ids and files. */
import { type Mutant, mutant } from './mutant.ts'

const cli = (file: string, test: string) =>
  mutant(`src/cli/${file}.ts`, 'conformance', `test/cli/${test}.test`)

const clock = cli('operate/doctor/check-exchange', 'operate/doctor/clock')
const unknownClock = cli('operate/doctor/check-gateway', 'operate/doctor/clock')
const subject = cli('operate/doctor/check-subject', 'operate/doctor')
const shown = cli('decisions/commands/show', 'decisions/show.refused')
const followed = cli('decisions/commands/follow', 'decisions/follow')
const newFile = cli('shell/write-new-file', 'backup/killed-export')
const noLinks = cli('shell/write-new-file', 'shell/write-new-file.no-links')
const revisions = cli('trust/revisions/commands/trust-log', 'trust/revisions')
const ports = cli('operate/listen-flags', 'operate/serve/metrics')

export const OPERATOR_MUTANTS: readonly Mutant[] = [
  clock('doctor: the time of a refusal', 'readAheadOf(error.decisionId, Date.now())', 'undefined'),
  clock('doctor: an id without a time', ' || Math.abs(seconds) > LONGEST_SECONDS', ''),
  unknownClock('doctor: a gateway without a Date', 'isReached ? UNKNOWN_TIME : ', ''),
  subject('doctor: an expired token', 'hint: OLD_TOKEN_HINT', "hint: 'see the audience'"),
  shown(
    'decisions show: what is no id',
    'readDecisionId(text) !== undefined',
    'text !== undefined',
  ),
  followed(
    'decisions follow: a clock that was set back',
    'if (page.to !== undefined && page.to <= from * 1000 + 1) return findTime()',
    '',
  ),
  followed('decisions follow: the time before a clock was set back', 'at - sinceAnswer', 'from'),
  newFile(
    'export: a file of another program meanwhile',
    'await link(draft, path)',
    'await rename(draft, path)',
  ),
  newFile(
    'export: a name before the file is complete',
    "await open(draft, 'wx', 0o600)",
    "await open(path, 'wx', 0o600)",
  ),
  newFile('export: a failure leaves a draft', 'await rm(draft, { force: true })', ''),
  noLinks('export: a file system without links', 'await rename(draft, path)', ''),
  revisions('trust log: each page as it arrives', 'if (values.json) kept', 'if (limit > 0) kept'),
  ports('serve: one port for two servers', 'METRICS_HOSTS.includes(host) ? port : 0', '0'),
  ports('serve: the metrics at another address', 'METRICS_HOSTS.includes(host) ? port : 0', 'port'),
]
