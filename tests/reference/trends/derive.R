# R 4.2.2, plm 2.6-2: common correlated effects, dependence, serial correlation, unit roots; units'
# own regressions, Swamy; the dispersion test by hand. Writes numbers.json from panel.csv.
library(plm)
d <- read.csv("panel.csv")
p <- pdata.frame(d, index = c("unit", "year"))
out <- list()
put <- function(name, x) out[[name]] <<- as.numeric(x)

for (m in c("mg", "p")) {
  fit <- pcce(y ~ x1 + x2, p, model = m)
  put(paste0("pcce_", m), coef(fit))
  put(paste0("pcce_", m, "_covariance"), vcov(fit))
  put(paste0("pcce_", m, "_units"), fit$indcoef)
}

within <- plm(y ~ x1 + x2, p, model = "within")
e <- residuals(within)
put("cd", pcdtest(e, test = "cd")$statistic)
gap <- pdata.frame(transform(d, e = as.numeric(e))[d$there == 1, ], index = c("unit", "year"))
put("within_residuals", e)
put("cd_unbalanced", pcdtest(gap$e, test = "cd")$statistic)

put("pwartest", pwartest(within)$statistic)
fd <- plm(y ~ x1 + x2, p, model = "fd")
put("difference_residuals", residuals(fd))
put("pwfdtest_fe", pwfdtest(fd, h0 = "fe")$statistic)
put("pwfdtest_fd", pwfdtest(fd, h0 = "fd")$statistic)

for (type in c("none", "drift", "trend")) for (truncated in c(FALSE, TRUE)) for (lags in 1:2) {
  if (type == "trend" && lags == 2) next
  test <- suppressWarnings(cipstest(p$y, type = type, lags = lags, truncated = truncated))
  put(paste("cips", type, c("plain", "truncated")[1 + truncated], lags, sep = "_"), test$statistic)
}

put("units", as.matrix(coef(pvcm(y ~ x1 + x2, p, model = "within"))[, 2:3]))
# Pesaran and Yamagata (2008), unit by unit.
b_fe <- coef(within)
parts <- lapply(split(d, d$unit), function(u) {
  x <- scale(as.matrix(u[, c("x1", "x2")]), scale = FALSE)
  y <- u$y - mean(u$y)
  s2 <- sum((y - x %*% b_fe)^2) / (nrow(u) - 1)
  list(b = coef(lm(y ~ x - 1)), w = crossprod(x) / s2)
})
total <- Reduce(`+`, lapply(parts, function(u) u$w))
mean_w <- solve(total, Reduce(`+`, lapply(parts, function(u) u$w %*% u$b)))
s <- sum(sapply(parts, function(u) t(u$b - mean_w) %*% u$w %*% (u$b - mean_w)))
n <- length(parts); t <- 16; k <- 2
put("delta", sqrt(n) * (s / n - k) / sqrt(2 * k))
put("delta_adjusted", sqrt(n) * (s / n - k) / sqrt(2 * k * (t - k - 1) / (t + 1)))

lines <- mapply(function(name, x) sprintf(' "%s": [%s]', name, paste(sprintf("%.15g", x), collapse = ", ")),
                names(out), out)
writeLines(c("{", ' "source": "R 4.2.2, plm 2.6-2; made by derive.R",', paste(lines, collapse = ",\n"), "}"),
           "numbers.json")
