/** The flag that names the state directory of a gateway of this machine, with the default of `serve`. */
const DEFAULT_STATE = '.edgemint/state'

export const STATE_FLAG = {
  value: 'DIR',
  about: 'the state directory of the gateway',
  default: `\`${DEFAULT_STATE}\``,
  path: DEFAULT_STATE,
  completes: 'directories',
} as const
