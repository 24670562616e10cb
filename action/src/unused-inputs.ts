/**
 * Finds inputs that are given but have no effect, because they are for another form of output. GitHub
 * warns only about inputs that the action does not have.
 */
import { DEFAULT_ENV_NAME, DEFAULT_USERNAME, type Environment, type Form } from './inputs.ts'

type FormInput = {
  readonly name: string
  /** The forms that use the input. */
  readonly forms: readonly Form[]
  /** The runner sets it when the workflow does not, so it does not count as given. */
  readonly preset?: string
}

const FORM_INPUTS: readonly FormInput[] = [
  { name: 'env-name', forms: ['env'], preset: DEFAULT_ENV_NAME },
  { name: 'file', forms: ['file'] },
  { name: 'host', forms: ['netrc', 'git-credential'] },
  { name: 'registry', forms: ['npmrc', 'docker'] },
  { name: 'username', forms: ['netrc', 'docker', 'git-credential'], preset: DEFAULT_USERNAME },
]

/** Returns one sentence for each input without effect. It has the name of the input, not its value. */
export function findUnusedInputs(
  environment: Environment,
  output: readonly Form[],
): readonly string[] {
  return FORM_INPUTS.filter(({ name, forms, preset = '' }) => {
    const value = environment[`INPUT_${name.toUpperCase()}`]?.trim() ?? ''
    return value !== '' && value !== preset && !forms.some((form) => output.includes(form))
  }).map(({ name, forms }) => {
    const uses = `it is only for output ${forms.join(', ')}`
    return `the input ${name} has no effect: ${uses}, and output is ${output.join(', ')}`
  })
}
