import 'darkroom-engine/worker';
