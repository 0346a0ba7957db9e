//! sumun
