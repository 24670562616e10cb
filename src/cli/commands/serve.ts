/**
 * `edgemint serve`: the built Worker on this machine. One JSON line on stdout says when it is
 * ready; words and the Worker's own log go to stderr.
 */
