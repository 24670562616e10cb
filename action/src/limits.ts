/** The numbers of the action, each with its reason. */

/** A configuration that is taken over has some dozens of lines; more is not one. */
export const MAX_CONFIGURATION_BYTES = 64 * 1024
/** An event is a pull request with its whole description, labels and people. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024
/** Longer than any name or URL that can be meant. */
export const MAX_INPUT_CHARACTERS = 2048
