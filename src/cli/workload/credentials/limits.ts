/** The numbers of the credential helpers, each with its reason. */

/** Git limits a line to 64 KiB and sends about ten; docker sends an address. */
export const MAX_REQUEST_BYTES = 256 * 1024
/** The settings and registries of a person are one or two KiB. */
export const MAX_NPMRC_BYTES = 256 * 1024
/** Clients put the cluster and its certificate authority into the variable. */
export const MAX_EXEC_INFO_CHARACTERS = 1024 * 1024
/** Credentials of AWS are about 2 KiB; a session token alone may have 4. */
export const MAX_STS_ANSWER_BYTES = 64 * 1024
/** A token that ends sooner is replaced before the next try: AWS's clock and ours may differ. */
export const MIN_TOKEN_SECONDS_LEFT = 60
/** AWS refuses roles outside of these: 15 minutes, 12 hours. */
export const MIN_ROLE_SECONDS = 900
export const MAX_ROLE_SECONDS = 43_200
/** Google's libraries wait between 5 and 120 seconds for an executable. */
export const MIN_EXECUTABLE_SECONDS = 5
export const MAX_EXECUTABLE_SECONDS = 120
/** The most that Google allows: one minute of Retry-After has to be waited out. */
export const DEFAULT_EXECUTABLE_SECONDS = 120
