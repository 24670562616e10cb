/** The result of each step of the doctor. `--json` prints the same names and members. */
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
  /** `skip`: there was nothing to check, because an earlier step failed or a flag is absent. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip'
  readonly message: string
  readonly details?: readonly string[]
  /** What to change: a command or a line of configuration. */
  readonly hint?: string
  /** The exit code of the command after this failure. */
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
