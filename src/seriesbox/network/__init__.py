"""Neural networks as functions of arrays, computed by torch or by onnxruntime. Only `torch_network` imports torch."""
