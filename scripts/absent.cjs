// Stands in for a bundled library's optional part that paas does not use.
module.exports = {};
