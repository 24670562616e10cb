/**
 * A `TypeError` about an option of the caller. The command line and the action use this class to
 * distinguish a wrong input from a `TypeError` that is a bug. The message names the option and never
 * contains its value.
 */
export class OptionError extends TypeError {}
