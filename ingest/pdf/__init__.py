"""Read and draw PDFs."""
