/**
 * A `TypeError` about an option of a caller. Programs that hand on what a person wrote tell it by
 * this class from a `TypeError` of the engine, which is a bug. It names the option and no value.
 */
export class OptionError extends TypeError {}
