// Loaded before firebase-tools. Its Auth emulator compiles validators for all of Google's identity API while it starts,
// ten seconds of computing; a stack needs those of five calls. The library can compile at the first use.
"use strict";

const exegesis = require("exegesis-express");

const { middleware } = exegesis;
exegesis.middleware = (api, options) => middleware(api, { ...options, lazyCompileValidationSchemas: true });
