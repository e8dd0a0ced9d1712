# How the files of this folder were written, by R 4.2.2 with UTF-8 as its own encoding.
d <- data.frame(
  province = c("北京", "天津", NA), year = c(2011L, NA, 2013L), value = c(1.5, NA, NaN),
  part = factor(c("东部", "b", NA)), day = as.Date(c("2011-12-31", NA, "2013-01-01")),
  told = c(TRUE, FALSE, NA)
)
d$time <- as.POSIXct("2011-12-31 06:00:00", tz = "UTC")
# Whole numbers of package bit64: their bits in the place of a double's (-0 is NA).
d$long <- structure(c(5 * 2^-1074, -0, 7 * 2^-1074), class = "integer64")
gbk <- d
name <- iconv("北京", "UTF-8", "GBK")
Encoding(name) <- "unknown"
gbk$province[1] <- name
f <- function(x) x + 1
l <- list(a = 1, b = "x")
e <- new.env()
m <- matrix(1:6, 2)
save(d, f, gbk, l, file = "frames.rda")
saveRDS(d, "version2.rds", version = 2)
saveRDS(d, "bzip2.rds", compress = "bzip2")
saveRDS(d, "xz.rds", compress = "xz")
saveRDS(d, "ascii.rds", ascii = TRUE)
save(f, l, e, m, file = "others.rda")
d$parts <- list(1, 2, 3)
saveRDS(d, "lists.rds")
saveRDS(data.frame(x = rep(1L, 6e6)), "rows.rds", compress = "xz")
saveRDS(1:1e9, "sequence.rds")
