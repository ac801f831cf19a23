// Nothing may start this file as a worker. The page and its workers try it, and the policy must stop them.
self.postMessage('started');
