/** What the doctor finds at each step. The names and members are those that `--json` prints. */
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'

export const STEPS = [
  'source',
  'subject_token',
  'audience',
  'gateway',
  'clock',
  'discovery',
  'health',
  'exchange',
  'issued_token',
] as const

export type StepName = (typeof STEPS)[number]

export type Step = {
  readonly step: StepName
  /** `skip`: there was nothing to look at, because of a step before or of what was not asked. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip'
  readonly message: string
  readonly details?: readonly string[]
  /** What to change, as a command or a line of configuration. */
  readonly hint?: string
  /** How a failure ends the command. */
  readonly exitCode?: ExitCode
}

type Rest = Pick<Step, 'details' | 'hint' | 'exitCode'>

export const pass = (step: StepName, message: string, rest: Rest = {}): Step => ({
  step,
  status: 'ok',
  message,
  ...rest,
})
export const warn = (step: StepName, message: string, rest: Rest = {}): Step => ({
  step,
  status: 'warn',
  message,
  ...rest,
})
export const fail = (step: StepName, message: string, rest: Rest = {}): Step => ({
  step,
  status: 'fail',
  message,
  exitCode: EXIT_CODES.refused,
  ...rest,
})
export const skip = (step: StepName, message: string): Step => ({ step, status: 'skip', message })
