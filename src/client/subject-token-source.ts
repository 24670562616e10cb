/**
 * The interface of a source of subject tokens, which knows how a platform gives its token to a
 * workload. The sources themselves are in `sources/`.
 */

/** The request for a subject token. */
export type SubjectTokenRequest = {
  /** The audience that the gateway expects. Some platforms have a fixed audience and ignore it. */
  readonly audience: string
  readonly signal?: AbortSignal | undefined
}

/** Returns the platform's token. Use the result of `detect` or `openSource`, or write your own. */
export type SubjectTokenSource = {
  /** The name in `edgemint token --source` and in error messages, such as `github-actions`. */
  readonly name: string
  /**
   * Returns the platform's current token. It is called before each exchange.
   * @throws ExchangeError with the code `source_unavailable`
   */
  readonly getSubjectToken: (request: SubjectTokenRequest) => Promise<string>
}
