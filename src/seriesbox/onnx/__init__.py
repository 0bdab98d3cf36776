"""Networks without torch: their graphs in ONNX's terms, computed by onnxruntime."""
